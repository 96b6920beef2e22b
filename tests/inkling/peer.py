# SPDX-License-Identifier: LGPL-2.1-or-later

"""Talks to the program `evaluate`."""

import os
import subprocess
import tempfile

HEAD = """inkling "2.0"
using Math
type State {{ {state} }}
type Action {{ {action} }}
simulator Sim(action: Action): State {{ }}
{functions}
graph (input: State): Action {{
  concept C(input): Action {{
    curriculum {{
      source Sim
      {clauses}
    }}
  }}
}}
"""


class Peer:
    """A compiled program that answers."""

    def __init__(
        self, program, functions="", clauses="", state="x: number", action="push: number<-1 .. 1>", text=None,
        concept=None, policies=None
    ):
        """`policies`: what the concepts that are asked answer, by name; with `mask` where one has it."""
        self.policies = policies or {}
        self.text = text or HEAD.format(functions=functions, clauses=clauses, state=state, action=action)
        with tempfile.NamedTemporaryFile("w", suffix=".ink", delete=False) as file:
            file.write(self.text)
        self.process = subprocess.Popen(
            [program, file.name] + ([concept] if concept else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.greeting = self.process.stdout.readline().strip()
        os.unlink(file.name)

    def ask(self, *words):
        self.write(words)
        while True:
            answer = self.process.stdout.readline().strip()
            if not answer.startswith("? "):
                return answer
            question, _, allowed = answer[2:].partition(" |")
            name, *numbers = question.split()
            mask = {"mask": [float(word) for word in allowed.split()]} if allowed else {}
            self.write(self.policies[name](*map(float, numbers), **mask))

    def write(self, words):
        self.process.stdin.write(" ".join(str(w) for w in words) + "\n")
        self.process.stdin.flush()

    def numbers(self, *words):
        """The numbers of an answer, or the message of a failure."""
        answer = self.ask(*words)
        if answer.startswith("="):
            return [float(word) for word in answer.split()[1:]]
        return answer

    def close(self):
        self.process.stdin.close()
        return self.process.wait(timeout=120)

"""What peers share: the facts (see benches/speed/facts.rs), and how a measurement is told."""

import json
import sys
import time

CLIENT = 40000
LOCAL, TRANSIT = 0, 1


def facts():
    """The facts in the folder that is named on the command line."""
    with open(sys.argv[1] + "/facts.json") as file:
        return json.load(file)


def clock():
    """Seconds of processor."""
    return time.process_time()


def told(seconds, answer, says=""):
    """The measurement, as the benchmark reads it."""
    print(json.dumps({"seconds": seconds, "answer": answer, "says": says}))


def traced(walk, questions, least=0.5):
    """Asks all, then times those that are delivered, again and again."""
    delivered = [q for q in questions if walk(*q)]
    rounds, start = 0, clock()
    while clock() - start < least:
        for question in delivered:
            walk(*question)
        rounds += 1
    each = (clock() - start) / max(1, rounds * len(delivered))
    return each, f"{len(delivered)} of {len(questions)} delivered"

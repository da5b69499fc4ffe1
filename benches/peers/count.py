"""Reads the long list as most scripts do, and counts."""

import json
import sys

from peer import clock, told

with open(sys.argv[1] + "/network-interfaces.json") as file:
    count = len(json.load(file)["NetworkInterfaces"])
told(clock(), f"{count} interfaces")

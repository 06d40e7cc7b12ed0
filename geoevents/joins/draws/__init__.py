"""Locations and days of events drawn at random, and the estimates of many draws combined."""

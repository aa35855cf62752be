"""The demo world's page: people to be, their Slack, the building, the clock, and what passes between them.

play        `python -m bot demo`: the stage, a port, the browser
app         the page over HTTP: files, acts, one stream; and who may ask for them (guard)
acts        what a person at the page can do, by name
stage       the world that is being played: its pace, its reset
turning     the clock, turned so that everything on the way happens in its turn
seen        what the page draws: screens (Slack), house (doors), passing (requests, audit)
manifest    the commands and shortcuts that manifest.yml offers
static      the page itself: one HTML file, a few modules, CSS; nothing is built, nothing is fetched from outside
"""

"""The bot itself: what it knows (`domain`) and what it does (`services`).

Arrows only go down, and import-linter holds them:

    bot.__main__                                the command line
    bot.app | bot.sandbox                       know everybody; known by nobody else
    handlers | bot.scheduler                    what starts work: a person, a clock
    bot.services                                what the bot does
    storage | bot.seam | bot.config             the outside
    bot.domain                                  the words and rules all of them share

Nothing happens at import.
"""

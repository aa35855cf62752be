"""What the bot knows. Pure: no Slack, no HTTP, no SQL, no clock, no await."""

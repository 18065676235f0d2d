"""Pages of the project desk: each parses, authorises, calls one service, renders."""

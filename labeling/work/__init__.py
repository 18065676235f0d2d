"""One life for every long job: registered, sent, claimed, done or given up, sent again."""

"""What an operator watches and does: health, processes, jobs, space, metrics, sweeps, backups."""

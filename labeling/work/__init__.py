"""One life for every long job."""

"""Data stewardship (数据管理): quality of what is loaded, open queues, files brought in."""

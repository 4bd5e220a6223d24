"""An issue on GitHub or GitLab as the text of a task."""

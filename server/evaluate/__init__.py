"""The lab: how well Genie does on real tasks, measured task by task. Only a face imports it."""

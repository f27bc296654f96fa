"""Named public corpora: what there is, where it lies, under which licence, and how it becomes files of ours."""

"""Bundle → bundle: the operations of the room surgery on whole models, and the verbs that write what comes out."""

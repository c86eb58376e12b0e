//! A chain over chunks is one pass over their rows, whatever the weights, the losses and the number of classes.

# Written by hand: two dimensions, unequal lengths, values that are missing, keys in other cases and another order.
@CLASSLABEL TRUE Rest RUN
@Dimensions 2

@univariate false
@missing true
@TIMESTAMPS false
@equallength false
@ProblemName two words
@DATA
# before the first row
?,1.5,-2e3:4,NaN,0.25:rest
1,2:?,nan:RUN

 +7 , 0.1 , .5 , 1e-3 : 3 , ? , ? , 4 : Run

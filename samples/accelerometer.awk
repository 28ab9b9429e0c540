# A simulated sensor: how strongly somebody's wrist is accelerated, in m/s², 25 readings a second. Nobody moved for it: it is made for docs/guide.md and the samples.
#   awk -v rows=600 -f accelerometer.awk                              a table to train on: label,t1,…,t75, three seconds a row
#   awk -v stream="standing walking running" -f accelerometer.awk     what a sensor would send: a reading a line, eight seconds of each
# A row's label is what is done at its end; before that, every other row begins with something else. -v seed=2 draws others.
BEGIN {
    srand(seed == "" ? 1 : seed)
    #           steps/s     force     trembling
    learn("standing", 0.2, 0.5,   0.0, 0.3,   0.2)
    learn("walking",  1.5, 2.3,   1.5, 4.5,   0.6)
    learn("running",  2.3, 3.3,   4.0, 9.0,   1.2)
    learn("cycling",  0.9, 1.6,   0.3, 1.5,   1.0)
    if (stream != "") play()
    else table()
}

function table(   row, t, label, changes) {
    printf "label"
    for (t = 1; t <= 75; t++) printf ",t%d", t
    print ""
    for (row = 1; row <= rows; row++) {
        label = names[1 + int(rand() * count)]
        changes = rand() < 0.5 ? 1 + int(rand() * 45) : 1
        begin(names[1 + int(rand() * count)])
        printf "%s", label
        for (t = 1; t <= 75; t++) {
            if (t == changes) begin(label)
            printf ",%.2f", reading()
        }
        print ""
    }
}

function play(   parts, i, n, t) {
    n = split(stream, parts, " ")
    for (i = 1; i <= n; i++) {
        begin(parts[i])
        for (t = 0; t < 200; t++) printf "%.2f\n", reading()
    }
}

# Nobody does the same thing in the same way twice.
function begin(what) {
    pace = between(slow[what], fast[what])
    force = between(weak[what], strong[what])
    trembling = tremor[what]
    phase = between(0, 6.2832)
}

function reading(   value) {
    phase += 6.2832 * pace / 25
    value = 9.81 + force * sin(phase) + 0.4 * force * sin(2 * phase + 1) + trembling * normal()
    return value < 0 ? -value : value
}

function learn(what, slowest, fastest, weakest, strongest, trembling) {
    names[++count] = what
    slow[what] = slowest; fast[what] = fastest; weak[what] = weakest; strong[what] = strongest; tremor[what] = trembling
}

function between(low, high) { return low + (high - low) * rand() }

function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.2832 * rand()) }

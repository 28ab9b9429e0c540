-- Posts the bytes of one sequence, again and again; prints one line for serve-load to read.
local file = assert(io.open(os.getenv("BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/octet-stream"
file:close()

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %f %f %f %d\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end

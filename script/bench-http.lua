-- wrk script: POST /match/default with BATCH queries a request. Of ten queries
-- two are listed names, three are listed names with one letter changed, and
-- five are names of nobody.
local batch = tonumber(os.getenv("BATCH") or "1")
local key = os.getenv("KEY")
local names = {}
for line in io.lines(os.getenv("NAMES")) do names[#names + 1] = line end
local first = { "Anna", "Peter", "Mariam", "Olga", "Chen", "Fatima", "Jonas", "Priya", "Diego", "Ngozi", "Lars", "Yuki" }
local last = { "Lindqvist", "Okafor", "Bakker", "Moreau", "Tanaka", "Herrera", "Novak", "Fischer", "Rossi", "Nowak", "Kapoor", "Jensen" }
local firm = { "Harbour", "Green Valley", "Northern", "Blue Lake", "Riverside", "Sunrise" }
local trade = { "Bakery Ltd", "Textiles GmbH", "Furniture SA", "Foods Inc", "Printing LLC", "Garden Centre BV" }

local function damaged(name)
  local at = math.random(#name)
  if name:byte(at) > 127 then return name end
  return name:sub(1, at - 1) .. string.char(96 + math.random(26)) .. name:sub(at + 1)
end

local function query()
  local dice = math.random(10)
  local schema, name = "LegalEntity", nil
  if dice <= 2 then
    name = names[math.random(#names)]
  elseif dice <= 5 then
    name = damaged(names[math.random(#names)])
  elseif dice <= 8 then
    schema = "Person"
    name = first[math.random(#first)] .. " " .. last[math.random(#last)]
  else
    schema = "Company"
    name = firm[math.random(#firm)] .. " " .. trade[math.random(#trade)]
  end
  name = name:gsub('[%c"\\]', " ")
  return '{"schema":"' .. schema .. '","properties":{"name":["' .. name .. '"]}}'
end

-- Bodies are made before the clock starts, so that wrk itself costs little.
local requests, next_one = {}, 0

function init()
  math.randomseed(tonumber(os.getenv("SEED") or "1"))
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key }
  for at = 1, math.max(100, math.floor(4000 / batch)) do
    local parts = {}
    for number = 1, batch do parts[number] = '"q' .. number .. '":' .. query() end
    local body = '{"queries":{' .. table.concat(parts, ",") .. "}}"
    requests[at] = wrk.format("POST", "/match/default", headers, body)
  end
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end

function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  local seconds = summary.duration / 1e6
  io.write(string.format("   %.0f queries/s, %.0f requests/s; p50 %.1f ms, p99 %.1f ms, most %.1f ms; %d not answered\n",
    (summary.requests - failed) * batch / seconds, summary.requests / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000, failed))
end

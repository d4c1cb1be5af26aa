/**
 * Lua that only the two writers of online state may pass: whoever keeps the serving generation up to date, and whoever builds the next one.
 * KEYS[1] is the mark, KEYS[2] the number being built, ARGV[1] the generation that the writer means. Both writers hold a lock of
 * Postgres; but a process that was frozen, or lost its connection, may wake up believing that it still does.
 */
export const FENCE = `
local function passes()
  if redis.call('GET', KEYS[2]) == ARGV[1] then return true end
  local text = redis.call('GET', KEYS[1])
  if not text then return false end
  local readable, mark = pcall(cjson.decode, text)
  return readable and type(mark) == 'table' and mark.generation == tonumber(ARGV[1])
end
if not passes() then return -1 end
`;

/** What a fenced script answers when the fence is closed. */
export const REFUSED = -1;

const millisecondsPerSecond = 1000

/** Adds what OpenAI's clients read of a model to what Anthropic's read of it (OE-M1). */
export const withOpenAiMembers = <Entry extends { readonly created_at?: unknown }>(
  entry: Entry,
  owner = 'anthropic',
) => {
  const created = Date.parse(String(entry.created_at))
  return {
    ...entry,
    object: 'model',
    created: Number.isNaN(created) ? 0 : Math.floor(created / millisecondsPerSecond),
    owned_by: owner,
  }
}

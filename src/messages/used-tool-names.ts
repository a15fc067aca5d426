import type { Path } from '../base/path.ts'
import type { InputMessage } from '../wire/anthropic/request.ts'

/** Names of the tools that the history uses, as `rename` makes them, and the message in which each is used first. */
export const usedToolNames = (
  messages: readonly InputMessage[],
  rename: (name: string) => string,
): ReadonlyMap<string, Path> => {
  const names = new Map<string, Path>()
  let index = -1
  for (const { content } of messages) {
    index += 1
    if (!Array.isArray(content)) continue
    for (const block of content) {
      if (block.type !== 'tool_use') continue
      const name = rename(block.name)
      if (!names.has(name)) names.set(name, ['messages', index])
    }
  }
  return names
}

/** Codex's remote compaction: the server writes a summary, and the client sends it back as an item (OE-R45). */

/** The last message of a request for a summary. Its answer replaces the conversation. */
export const compactionRequest = [
  'Write a summary of this conversation. Another model continues the work and gets nothing but your summary.',
  "Include: the user's task and instructions in full; decisions and their reasons; the files that were read or " +
    'changed, with the relevant parts; the commands that were run and their results; errors and how they were fixed; ' +
    'the current state; the next steps.',
  'Answer with the summary only, and call no tool.',
].join('\n')

/** The summary as the next model reads it. */
export const toSummaryText = (summary: string): string => `<conversation-summary>\n${summary}\n</conversation-summary>`

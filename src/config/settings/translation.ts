import type { Setting } from './setting.ts'

/** Options of the translation. They are rarely used, so they have no flags. docs/translation.md explains each. */
export const translationSettings = [
  {
    key: 'translation.pdf',
    environment: ['NEXUS_PDF'],
    type: { kind: 'choice', options: ['visual', 'text'] },
    default: 'visual',
    description: 'Show the pages of a PDF to the model, or send only their text for fewer tokens',
    details: '`visual` shows the pages; `text` takes about a seventh of the tokens.',
  },
  {
    key: 'translation.excessMedia',
    environment: ['NEXUS_EXCESS_MEDIA'],
    type: { kind: 'choice', options: ['omit', 'refuse'] },
    default: 'omit',
    description: "Omit the oldest images and documents beyond Bedrock's limit, or refuse the request",
    details: 'The limit is 20 in total. `omit` leaves out the oldest; after `refuse`, Claude Code removes its media.',
  },
  {
    key: 'translation.systemMessages',
    environment: ['NEXUS_SYSTEM_MESSAGES'],
    type: { kind: 'choice', options: ['reminder', 'native'] },
    default: 'reminder',
    description:
      "Send system messages within a conversation as text in the user's turn, or unchanged if the model supports them",
    details: '`reminder` sends them as text; `native` is for models that are known to support them.',
  },
  {
    key: 'translation.billingHeader',
    environment: ['NEXUS_BILLING_HEADER'],
    type: { kind: 'choice', options: ['drop', 'keep'] },
    default: 'drop',
    description: "Drop or keep Claude Code's first system line, which prevents sessions from sharing the prompt cache",
  },
  {
    key: 'translation.strictTools',
    environment: ['NEXUS_STRICT_TOOLS'],
    type: { kind: 'choice', options: ['drop', 'send'] },
    default: 'drop',
    description: 'Send strict tools as strict, or drop the mark: large schemas may fail after minutes',
    details: '`send` keeps the mark `strict` of a tool, `drop` removes it.',
  },
  {
    key: 'translation.excessTools',
    environment: ['NEXUS_EXCESS_TOOLS'],
    upstream: 'openai',
    type: { kind: 'choice', options: ['omit', 'refuse'] },
    default: 'omit',
    description: 'Omit tools above the number that the provider accepts, or refuse the request',
    details: '`omit` keeps those that the conversation has used, then the first ones; `refuse` answers 400.',
  },
  {
    key: 'translation.afterToolResults',
    environment: ['NEXUS_AFTER_TOOL_RESULTS'],
    upstream: 'openai',
    type: { kind: 'choice', options: ['user', 'fold', 'bridge'] },
    description: 'Put text that follows tool results into a user message or into the results',
    details:
      "`user`: into a user message; `fold`: Claude Code's reminders into the last result; `bridge`: all text into it. Without it, the provider's row decides.",
  },
  {
    key: 'translation.userId',
    environment: ['NEXUS_USER_ID'],
    upstream: 'openai',
    type: { kind: 'choice', options: ['drop', 'hash'] },
    default: 'drop',
    description: "Drop the client's user id, or send its hash",
    details: 'The hash is SHA-256. The option is `drop` or `hash`.',
  },
  {
    key: 'translation.safeguards',
    environment: ['NEXUS_SAFEGUARDS'],
    type: { kind: 'choice', options: ['answer', 'client', 'off'] },
    default: 'answer',
    description: "Check the actions of Claude Code's auto mode: by this server, by the client, or not at all",
    details:
      '`answer`: this server checks them with the small model; `client`: Claude Code checks them with the model of the session; `off`: no check.',
  },
  {
    key: 'translation.betas',
    environment: ['NEXUS_BETAS'],
    type: { kind: 'list' },
    description: 'Pass these beta flags to Converse, in addition to those that it is known to accept',
    details: 'Separate them with commas, or write a list in the file.',
    hint: 'flag,flag',
  },
] as const satisfies readonly Setting[]

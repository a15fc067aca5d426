import type { Setting } from './setting.ts'

/**
 * How requests are translated, where there is a choice: seldom wanted, so files and variables alone
 * have them. What each one means for the translation stands in docs/translation.md.
 */
export const translationSettings = [
  {
    key: 'translation.pdf',
    environment: ['NEXUS_PDF'],
    type: { kind: 'choice', options: ['visual', 'text'] },
    default: 'visual',
    description: 'Whether the model sees the pages of a PDF or reads their text alone, for fewer tokens',
    details: '`visual` shows the pages; `text` takes about a seventh of the tokens.',
  },
  {
    key: 'translation.excessMedia',
    environment: ['NEXUS_EXCESS_MEDIA'],
    type: { kind: 'choice', options: ['omit', 'refuse'] },
    default: 'omit',
    description:
      "What happens to images and documents beyond Bedrock's limit: the oldest go, or the request is refused",
    details: 'The limit is 20 in all. `omit` leaves out the oldest; after `refuse`, Claude Code takes its media out.',
  },
  {
    key: 'translation.systemMessages',
    environment: ['NEXUS_SYSTEM_MESSAGES'],
    type: { kind: 'choice', options: ['reminder', 'native'] },
    default: 'reminder',
    description:
      "System messages in mid-conversation: as words in the user's turn, or as they are where the model takes them",
    details: '`reminder` makes words of them; `native` is for models that are known to take them.',
  },
  {
    key: 'translation.billingHeader',
    environment: ['NEXUS_BILLING_HEADER'],
    type: { kind: 'choice', options: ['drop', 'keep'] },
    default: 'drop',
    description: "Claude Code's first system line, which keeps sessions from sharing the prompt cache",
    details: '`drop` it, or `keep` it.',
  },
  {
    key: 'translation.strictTools',
    environment: ['NEXUS_STRICT_TOOLS'],
    type: { kind: 'choice', options: ['drop', 'send'] },
    default: 'drop',
    description: 'Whether a strict tool is sent as such: large schemas may fail after minutes',
    details: '`send` tools that ask for it as strict, or `drop` the word.',
  },
  {
    key: 'translation.safeguards',
    environment: ['NEXUS_SAFEGUARDS'],
    type: { kind: 'choice', options: ['answer', 'client', 'off'] },
    default: 'answer',
    description: "Check the actions of Claude Code's auto mode: by this server, by the client, or not at all",
    details:
      '`answer`: by this server, with the small model; `client`: by Claude Code, with the model of the session; `off`: not.',
  },
  {
    key: 'translation.betas',
    environment: ['NEXUS_BETAS'],
    type: { kind: 'list' },
    description: 'Beta flags to let through beside those that Converse is known to take',
    details: 'Commas between them, or a list in the file.',
    hint: 'flag,flag',
  },
] as const satisfies readonly Setting[]

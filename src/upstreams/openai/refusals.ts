import type { ChatDialect, ChatDialectChange } from '../../translate/capabilities/chat-dialect.ts'
import type { OpenAiError } from './errors.ts'
import { refusals } from './refusal-table.ts'

/** Which cell of a model's dialect a refusal proves wrong (OU section 1.10). */
export interface Lesson {
  /** What requests go without from now on, for `/health`. */
  readonly without: string
  /** For people. */
  readonly note: string
  readonly change: ChatDialectChange
}

/** Statuses with which servers refuse a member; two tables of servers use 500 for chat templates and grammars. */
const statuses = new Set([400, 402, 404, 415, 422])
const templateWords =
  /system message must be|roles must alternate|failed to parse grammar|unsupported pattern|repetitions exceeds/i

/** What a refusal teaches: the first row that fits and that changes anything. Undefined where nothing that can be spared is the reason. */
export const lessonOf = ({ reported }: OpenAiError, status: number, dialect: ChatDialect): Lesson | undefined => {
  const { message, codes, param = '' } = reported
  if (!statuses.has(status) && !(status === 500 && templateWords.test(message))) return undefined
  // The server's own flag is missing: its words tell the administrator which one.
  if (/requires --enable-auto-tool-choice/.test(message)) return undefined
  const refused = { text: [...codes, param, message].join(' '), dialect }
  for (const { words, change, without, note } of refusals) {
    const found = words.every((pattern) => pattern.test(refused.text)) ? change(refused) : undefined
    if (found !== undefined) return { without, note, change: found }
  }
  return undefined
}

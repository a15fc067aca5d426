import { redisErrorCode } from '../../state/redis/error-code.ts'

/** The protocol of Redis (RESP3), as far as the probe needs it. */

export type Reply = string | readonly Reply[] | RedisError

/** A refusal of Redis: a value here, because the probe expects some. */
export class RedisError {
  /** The first word, such as `OOM`. */
  readonly code: string
  readonly text: string

  constructor(text: string) {
    this.text = text
    this.code = redisErrorCode(text)
  }
}

export const encodeCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`

interface Parsed {
  readonly reply: Reply
  /** The index of the next reply. */
  readonly end: number
}

const parseMany = (bytes: Buffer, from: number, count: number): Parsed | undefined => {
  const reply: Reply[] = []
  let end = from
  for (let index = 0; index < count; index += 1) {
    const item = parseReply(bytes, end)
    if (item === undefined) return undefined
    reply.push(item.reply)
    end = item.end
  }
  return { reply, end }
}

const parseText = (bytes: Buffer, from: number, length: number): Parsed | undefined => {
  const end = from + Math.max(length, 0)
  if (bytes.length < end + (length < 0 ? 0 : 2)) return undefined
  return { reply: bytes.toString('utf8', from, end), end: length < 0 ? from : end + 2 }
}

/** Undefined until the whole reply is there. Throws SyntaxError for another protocol. */
export const parseReply = (bytes: Buffer, from = 0): Parsed | undefined => {
  const newline = bytes.indexOf('\r\n', from)
  const type = bytes.toString('latin1', from, from + 1)
  if (type !== '' && !'+-:,#_$=*~%'.includes(type)) throw new SyntaxError('not RESP')
  if (newline < 0) return undefined
  const line = bytes.toString('utf8', from + 1, newline)
  const next = newline + 2
  switch (type) {
    case '-':
      return { reply: new RedisError(line), end: next }
    case '$':
    case '=':
      return parseText(bytes, next, Number(line))
    case '*':
    case '~':
      return parseMany(bytes, next, Number(line))
    case '%':
      return parseMany(bytes, next, 2 * Number(line))
    default:
      return { reply: line, end: next }
  }
}

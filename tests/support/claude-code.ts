import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { assistant, toolResult, toolUse, user } from './translate.ts'

/** Requests with the size and shape of Claude Code's, in our own words. The same seed gives the same requests. */

/** Pseudo-random numbers from 0 to 1, so that tests are reproducible. */
const createRandom = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761 + 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const vocabulary =
  'harbour ferry captain weather pier luggage evening lantern window market river bridge garden letter winter morning quiet distant careful ordinary between without against remember consider arrive explain deliver measure compare the a of to and in that it with for was on as by'.split(
    ' ',
  )
const names = 'request answer stream frame header token batch cursor record index client session buffer result'.split(
  ' ',
)

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

export const claudeCodeRequest = (seed: number, length?: number): MessagesRequest => {
  const random = createRandom(seed)
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? ''
  const sentence = (): string =>
    `${capital(Array.from({ length: 6 + Math.floor(random() * 12) }, () => pick(vocabulary)).join(' '))}. `
  const prose = (sentences: number): string => Array.from({ length: sentences }, sentence).join('')
  const code = (lines: number): string =>
    Array.from({ length: lines }, (_, line) => {
      const name = pick(names) + capital(pick(names))
      return line % 4 === 3
        ? `  return ${name}.map((${pick(names)}) => ${pick(names)}.${pick(names)} ?? ${Math.floor(random() * 500)})\n}\n`
        : `  const ${name} = await ${pick(names)}.${pick(names)}(${pick(names)}, { ${pick(names)}: '${pick(names)}' })\n`
    }).join('')
  const rows = (count: number): object[] =>
    Array.from({ length: count }, (_, id) => ({
      id,
      name: pick(names),
      path: `src/${pick(names)}/${pick(names)}.ts`,
      size: Math.floor(random() * 90_000),
      tags: [pick(vocabulary), pick(vocabulary)],
    }))
  const tool = (index: number): object => ({
    name: `${capital(pick(names))}${capital(pick(names))}${index}`,
    description: prose(8 + Math.floor(random() * 20)),
    input_schema: {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 5 }, (_, member) => [
          `${pick(names)}_${member}`,
          { type: 'string', description: sentence() },
        ]),
      ),
      required: [],
    },
  })

  const tools = Array.from({ length: 14 }, (_, index) => tool(index)) as { name: string }[]
  const turns = Array.from({ length: length ?? 3 + Math.floor(random() * 6) }, (_, turn) => [
    assistant(prose(3), toolUse(`toolu_${turn}`, tools[0]?.name ?? '', { path: `src/${pick(names)}.ts`, lines: turn })),
    user(toolResult(`toolu_${turn}`, random() < 0.5 ? JSON.stringify(rows(30)) : code(60))),
  ]).flat()
  return {
    model: 'claude-sonnet-4-6',
    max_tokens: 1024,
    system: [{ type: 'text', text: prose(180), cache_control: { type: 'ephemeral' } }],
    tools,
    messages: [user(prose(4)), ...turns, assistant(prose(2)), user(prose(2))],
  } as unknown as MessagesRequest
}

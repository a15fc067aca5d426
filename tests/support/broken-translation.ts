import type { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'

type Translation = ReturnType<typeof toConverseRequest>
type Unit = Translation['units']['turns'][number]['units'][number]

/** Ways to break a translation between two turns (CA-A5), each in the sent body and in its units. */
export const breaks = {
  'rename-document': ({ units }: Translation): void => {
    for (const { block } of units.turns.flatMap((turn) => turn.units)) {
      if ('document' in block) block.document.name += ' again'
    }
  },
  'reorder-tools': ({ body, units }: Translation): void => {
    body.toolConfig?.tools.reverse()
    units.tools.reverse()
  },
  'note-in-old-turn': ({ body, units }: Translation): void => {
    const [turn] = units.turns
    const [unit] = turn?.units ?? []
    if (turn === undefined || unit === undefined) return
    const note: Unit = { block: { text: 'A note.' }, path: unit.path }
    turn.units.unshift(note)
    body.messages[0]?.content.unshift(note.block)
  },
  'drop-point': ({ body, units }: Translation): void => {
    const { content = [] } = body.messages.at(-1) ?? {}
    const index = content.findLastIndex((block) => 'cachePoint' in block)
    if (index !== -1) content.splice(index, 1)
    for (const unit of units.turns.at(-1)?.units ?? []) delete unit.cachePoint
  },
} as const satisfies Record<string, (translation: Translation) => void>

export type Break = keyof typeof breaks

/** Breaks the translations that it gets. */
export const distortionOf =
  (kind: Break) =>
  (translation: object): void =>
    breaks[kind](translation as Translation)

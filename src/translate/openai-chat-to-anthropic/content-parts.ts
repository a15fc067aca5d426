import { isObject } from '../../base/json.ts'
import { textOf } from './text-of.ts'

/** A piece of an output's content. */
export interface ContentPart {
  readonly kind: 'text' | 'thinking'
  readonly text: string
}

/** Parts that cite sources of the text: Anthropic's format has citations only of the client's documents. */
const withoutText: ReadonlySet<unknown> = new Set(['reference'])

/** The texts in a list of content parts, in order (OU-A4). */
export const toContentParts = (parts: readonly unknown[], onOddity?: (what: string) => void): ContentPart[] =>
  parts.flatMap((part): ContentPart[] => {
    if (typeof part === 'string') return [{ kind: 'text', text: part }]
    const type = isObject(part) ? part['type'] : undefined
    if (!isObject(part) || withoutText.has(type)) return []
    if (type === 'thinking') return [{ kind: 'thinking', text: textOf(part['thinking']) }]
    if (type === 'text' || type === undefined) return [{ kind: 'text', text: textOf(part) }]
    onOddity?.('content part of unknown type')
    return []
  })

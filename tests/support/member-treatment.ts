import type { Note } from '../../src/messages/notes.ts'
import { refusalOf } from './openai-context.ts'

/** What happens to a member: `silent` if it changes nothing, and needs no note. */
type Treatment = 'honoured' | 'note' | 'refused' | 'silent'

/** A valid value of a member, and what happens to it. */
export type Row<Value> = {
  readonly sample: NonNullable<Value>
  /** Members that the request has next to it. */
  readonly next?: Readonly<Record<string, unknown>>
} & ({ readonly as: Exclude<Treatment, 'silent'> } | { readonly as: 'silent'; readonly reason: string })

/** The members of a union with this type, where one of them has several types, or may leave it out. */
export type OfType<Union, Type> = Union extends { readonly type?: infer Own }
  ? Type extends Own
    ? Union
    : never
  : never

interface Translated {
  readonly request: unknown
  readonly plan: unknown
  readonly notes: readonly Note[]
}

/** Translates a body with and without a member. Throws if a refusal names another member. */
export const treatmentOf = (
  translate: (body: object) => Translated,
  body: object,
  member: string,
  sample: unknown,
): Treatment => {
  const changed = { ...body, [member]: sample }
  const before = translate(body)
  let after: Translated
  try {
    after = translate(changed)
  } catch {
    const { param } = refusalOf(() => translate(changed))
    if (param.split(/[.[]/)[0] === member) return 'refused'
    throw new Error(`The refusal of ${member} names ${param}.`)
  }
  const notesOf = ({ notes }: Translated): number => notes.filter(({ path }) => path.split('.')[0] === member).length
  if (notesOf(after) > notesOf(before)) return 'note'
  const { notes: _before, ...plain } = before
  const { notes: _after, ...other } = after
  return Bun.deepEquals(plain, other) ? 'silent' : 'honoured'
}

import { attempt } from '../../base/attempt.ts'
import { parseExact } from '../../base/exact-json.ts'
import { findExcess } from '../../base/json-size.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import type { Notes } from '../../messages/notes.ts'
import { toInputObject } from '../tool-input.ts'

/**
 * The input of a call in the history. Never refuses: a client sends a model's broken call again with each request, and
 * the conversation would be over (OE-C34).
 */
export const toToolInput = (given: unknown, path: Path, notes: Notes): object => {
  if (typeof given === 'string' && isBlank(given)) return {}
  // The limits of a body do not hold inside its strings.
  if (typeof given === 'string' && findExcess(given) !== undefined) return toRawInput(given, path, notes)
  const input = toInputObject(given)
  if (input !== undefined) return input
  const parsed = typeof given === 'string' ? attempt(() => ({ value: parseExact(given) })) : { value: given }
  return parsed ?? toRawInput(String(given), path, notes)
}

const toRawInput = (text: string, path: Path, notes: Notes): object => {
  notes.changed(path, 'arguments that are not valid JSON')
  return { _raw: text }
}

/** The input of a custom tool: its canonical schema has this one member (OE-C51). */
export const toCustomInput = (text: string): object => ({ input: text })

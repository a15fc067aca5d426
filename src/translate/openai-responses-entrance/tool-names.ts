import { sha256Hex } from '../../runtime/hash.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'
import { type NameRule, toValidName } from '../renamed.ts'

/**
 * The canonical names of one request's tools. The model sees one list of names, so a namespace becomes a prefix
 * (OE-R22).
 */

/** OpenAI's own limits for the name of a tool. */
const rule: NameRule = { valid: /^[a-zA-Z0-9_-]+$/, maximumLength: 64, invalidCharacters: /[^a-zA-Z0-9_-]/g }

const hashLength = 8

/** A member of a namespace, or a tool that OpenAI defines: the client did not choose its canonical name. */
const isNamedHere = ({ kind, namespace }: ToolIdentity): boolean =>
  namespace !== undefined || (kind !== 'function' && kind !== 'custom')

/** No name has it. */
const separator = '\u0000'

/** Equal for the definition of a tool and its calls. Functions and custom tools share their names. */
const keyOf = ({ kind, name, namespace }: ToolIdentity): string => {
  if (namespace !== undefined) return namespace + separator + name
  return kind === 'function' || kind === 'custom' ? name : separator + kind
}

const wantedName = (identity: ToolIdentity): string => {
  const { name, namespace } = identity
  if (!isNamedHere(identity)) return name
  return toValidName(namespace === undefined ? name : `${namespace}__${name}`, rule)
}

/** A name that depends only on the key, so that it is the same in every turn. */
const withHash = (name: string, key: string): string =>
  `${name.slice(0, rule.maximumLength - hashLength - 1)}_${sha256Hex(key).slice(0, hashLength)}`

export class ToolNames {
  /** By canonical name, for the answer. */
  readonly identities = new Map<string, ToolIdentity>()
  readonly #names = new Map<string, string>()

  /** The canonical name of a tool that the client defines. The first of two equal names keeps it. */
  define(identity: ToolIdentity): string {
    const name = this.#nameOf(identity)
    this.identities.set(name, identity)
    return name
  }

  /** For a tool of the upstream, whose canonical name the client did not write. */
  rename(name: string, canonical: string): void {
    this.identities.set(canonical, { kind: 'function', name })
  }

  /** The canonical name of the tool of an earlier call, which the client may no longer define. */
  nameOfCall(identity: ToolIdentity): string {
    const { name } = identity
    // A history may name a tool as the model saw it.
    return !isNamedHere(identity) && this.identities.has(name) ? name : this.#nameOf(identity)
  }

  #nameOf(identity: ToolIdentity): string {
    const key = keyOf(identity)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const wanted = wantedName(identity)
    const name = this.identities.has(wanted) ? withHash(wanted, key) : wanted
    this.#names.set(key, name)
    this.identities.set(name, identity)
    return name
  }
}

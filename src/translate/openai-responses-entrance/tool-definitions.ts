import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { listAt, textAt } from '../openai-entrance/members.ts'
import { refusal } from '../openai-entrance/refusal.ts'

/** The definition of one tool, outside or inside a namespace. */
export interface PlacedDefinition {
  readonly definition: Json
  readonly path: Path
  readonly namespace?: string
}

const definitionsIn = (namespace: Json, path: Path): Json[] =>
  (listAt(namespace, 'tools', path) ?? []).map((tool, index) => {
    if (isObject(tool)) return tool
    throw refusal('invalid_value', [...path, 'tools', index], 'expected a tool')
  })

/** The members of a namespace. The first one's description begins with the namespace's own (OE-R22). */
const membersOf = (namespace: Json, path: Path): PlacedDefinition[] => {
  const name = textAt(namespace, 'name', path) ?? ''
  if (name === '') throw refusal('invalid_value', [...path, 'name'], 'expected the name of the namespace')
  const description = textAt(namespace, 'description', path) ?? ''
  return definitionsIn(namespace, path).map((member, index) => {
    const memberPath = [...path, 'tools', index]
    const own = textAt(member, 'description', memberPath) ?? ''
    const joined = [description, own].filter((text) => text !== '').join('\n\n')
    const definition = index === 0 && description !== '' ? { ...member, description: joined } : member
    return { definition, path: memberPath, namespace: name }
  })
}

/** All tools of a list, with those in its namespaces. `path`: of the list. */
export const flattenDefinitions = (definitions: readonly Json[], path: Path): PlacedDefinition[] =>
  definitions.flatMap((definition, index) => {
    const place = [...path, index]
    return definition['type'] === 'namespace' ? membersOf(definition, place) : [{ definition, path: place }]
  })

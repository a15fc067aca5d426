import { attempt } from '../../base/attempt.ts'
import type { Face } from './face.ts'
import { azure } from './openai-faces.ts'

/** The operation of a path. */
export type Operation =
  | { readonly kind: 'chat'; readonly face: Face; readonly deployment?: string }
  | { readonly kind: 'models'; readonly face: Face; readonly id?: string }
  | { readonly kind: 'unknown'; readonly face: Face }

const deploymentPath = /^\/openai\/deployments\/(?<deployment>[^/]+)\/chat\/completions$/

const withoutPrefix = (path: string, prefixes: readonly string[]): string | undefined => {
  const prefix = prefixes.find((one) => path.startsWith(`${one}/`))
  return prefix === undefined ? undefined : path.slice(prefix.length)
}

const operationAt = (method: string, rest: string, face: Face): Operation | undefined => {
  if (method === 'POST' && rest === '/chat/completions') return { kind: 'chat', face }
  if (method !== 'GET') return undefined
  if (rest === '/models') return { kind: 'models', face }
  const id = /^\/models\/(.+)$/.exec(rest)?.[1]
  return id === undefined ? undefined : { kind: 'models', face, id: attempt(() => decodeURIComponent(id)) ?? id }
}

/** Selects the configured face by its paths, or Azure by Azure's paths. */
export const operationOf = (method: string, { pathname, searchParams }: URL, face: Face): Operation => {
  const deployment = deploymentPath.exec(pathname)?.groups?.['deployment']
  if (deployment !== undefined) {
    const isVersioned = searchParams.get('api-version') !== null
    const isChat = method === 'POST' && isVersioned
    const id = attempt(() => decodeURIComponent(deployment)) ?? deployment
    return isChat ? { kind: 'chat', face: azure, deployment: id } : { kind: 'unknown', face: azure }
  }
  for (const one of [face, azure]) {
    // The longest prefix first: one may be empty.
    const prefixes = [...one.prefixes].sort((a, b) => b.length - a.length)
    const rest = withoutPrefix(pathname, prefixes)
    const operation = rest === undefined ? undefined : operationAt(method, rest, one)
    if (operation !== undefined) return operation
  }
  return { kind: 'unknown', face }
}

/** Names from clients may be anything, so the log gets one only if it looks like a real name. */

/** `claude-code-20250219`, `effort-2025-11-24`, `context-1m-2025-08-07`. */
const betaFlag = /^[a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}-20\d\d-?\d\d-?\d\d$/
const longestBetaFlag = 60

export const isLoggableBeta = (flag: string): boolean => flag.length <= longestBetaFlag && betaFlag.test(flag)

/** `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-opus-4-6[1m]`; never a sentence. */
const modelName = /^[A-Za-z0-9._:@/-]+(?:\[\w+\])?$/
const longestModelName = 100

export const isLoggableModel = (model: string): boolean => model.length <= longestModelName && modelName.test(model)

/** For events that name a model before the upstream has answered. */
export const loggableModel = (model: string): string => (isLoggableModel(model) ? model : 'other')

/** `context_management`, `cacheControl`, `ttl_1h`; never a key or an id, which have digits anywhere. */
const memberName = /^[A-Za-z]+(?:_[A-Za-z0-9]{1,20})*$/
const longestMemberName = 40

export const isLoggableMember = (name: string): boolean => name.length <= longestMemberName && memberName.test(name)

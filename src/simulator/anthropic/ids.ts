/** Ids in Anthropic's form: a prefix, a version, and 22 characters. */

const idOf = (prefix: string): string => `${prefix}_01${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`

export const newRequestId = (): string => idOf('req')
export const newMessageId = (): string => idOf('msg')
export const newToolUseId = (): string => idOf('toolu')
export const newBatchId = (): string => idOf('msgbatch')
export const newFileId = (): string => idOf('file')
export const newSkillId = (): string => idOf('skill')

import { parseObject } from '../../../base/json.ts'
import type { FileText } from './credential-file.ts'
import { createFileCache } from './file-cache.ts'

const tokenIn = (file: FileText): string | undefined => {
  const login = 'text' in file ? parseObject(file.text)?.['claudeAiOauth'] : undefined
  const token = typeof login === 'object' && login !== null && 'accessToken' in login ? login.accessToken : undefined
  return typeof token === 'string' ? token : undefined
}

/**
 * Recognizes the access token in the file of Claude Code's credentials that the client setup hands out: clients send it
 * back, and it is not a credential (AU-K5). `path` is absolute.
 */
export const createHandedOutToken = (path: string, sleep: (milliseconds: number) => Promise<void>) => {
  const cache = createFileCache({ toContent: tokenIn, isInvalid: (token) => token === undefined, sleep })
  return async (token: string): Promise<boolean> => {
    try {
      return (await cache.get(path))?.content === token
    } catch {
      // The folder cannot be searched, so the server hands nothing out.
      return false
    }
  }
}

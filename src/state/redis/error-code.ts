/** A right that a script needs: Redis reports that without a code. */
const missingRight = /ACL failure|can't (?:run this command|access)/

/** The code with which Redis begins an error, such as `OOM`. The rest of the error may quote a key. */
export const redisErrorCode = (text: string): string =>
  missingRight.test(text) ? 'NOPERM' : (/^-?([A-Z]+)(?= |$)/.exec(text)?.[1] ?? 'ERR')

import { anyToken } from '../../config/client-tokens.ts'

/** Values of a client's file that a diff does not show (SU-2): the file may have secrets of the user's. */

const secretName =
  /key|token|secret|pass|pwd|credential|auth|bearer|cookie|headers|signature|private|dsn|(?:^|[_-])pat$/i
/** Programs that print a secret, and the form of one. */
const plainName = /helper$|scheme$|kind$/i
/** Numbers of tokens. */
const isCount = (name: string, value: string): boolean => /tokens$/i.test(name) && /^\d+$/.test(value)

const withLogin = /:\/\/[^/@\s]+@/
/** As the services that give them out write them: `sk-...`, `ghp_...`. */
const secretForm =
  /^(?:sk-|pk-|rk-|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA|ya29\.|eyJ)[\w.-]{8,}|^(?:bearer|basic)\s/i
/** Of a program, or in a URL: `--token=...`, `?sig=...`. */
const argument = /(?:^--?|[?&])([\w-]+)=./g

const isSecretName = (name: string): boolean => secretName.test(name) && !plainName.test(name)

const hasSecretArgument = (value: string): boolean =>
  [...value.matchAll(argument)].some(([, name = '']) => isSecretName(name) || name === 'sig')

/** An argument of a program whose value is the next one: `--token`. */
export const isSecretFlag = (value: unknown): boolean =>
  typeof value === 'string' && /^--?[\w-]+$/.test(value) && isSecretName(value)

/** `names`: of the member, and of the objects around it, the innermost one last. */
export const isSecretMember = (names: readonly string[], value: string): boolean => {
  if (value === '' || value === anyToken) return false
  if (names.some((name) => isSecretName(name) && !isCount(name, value))) return true
  return withLogin.test(value) || secretForm.test(value) || hasSecretArgument(value)
}

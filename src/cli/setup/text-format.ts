import type { KeyPath } from './client-plan.ts'

/** `names`: of a value, and of the objects around it, the innermost one last. */
export type IsSecret = (names: readonly string[], value: string) => boolean

/** A text that can be changed at single keys; everything else in it stays byte for byte (SU-4). */
export interface TextFormat {
  /** Throws UsageError with line and column for a text that does not parse, or whose root is no object (SU-5). */
  check(path: string, text: string): void
  /** Undefined if the text does not have the key. */
  read(text: string, key: KeyPath): { readonly value: unknown } | undefined
  /**
   * Makes the objects and lists on the way, and gives an entry its name (`by`). Throws UsageError with the place of a
   * value that is neither (SU-5).
   */
  set(path: string, text: string, key: KeyPath, value: unknown): string
  /** A key that is not there is no error. */
  remove(text: string, key: KeyPath): string
  /** Offset and length of each value that may be a secret, also in comments, for the diff. */
  secrets(text: string, isSecret: IsSecret): readonly (readonly [number, number])[]
}

import { Kind, OptionalKind, type TSchema } from '@sinclair/typebox'

/** How a schema of TypeBox's is read, by whoever checks and by whoever looks for the fault. */

export const kindOf = (schema: TSchema): string => schema[Kind]

export const isOptional = (schema: TSchema): boolean => schema[OptionalKind] === 'Optional'

export const isWithin = (size: number, minimum: number | undefined, maximum: number | undefined): boolean =>
  (minimum === undefined || size >= minimum) && (maximum === undefined || size <= maximum)

/** Schemas as functions that check values. */
import { Ajv, type Options, type ValidateFunction } from 'ajv'
import type { TSchema } from 'typebox'

/**
 * Compiled when it is first asked: together they would be a good part of the time a start takes. Unknown keywords are
 * refused; that the schemas are such by the standard is for a test to check, which takes longer than to compile one.
 */
export function validatorOf<T>(schema: TSchema, options: Options = {}): () => ValidateFunction<T> {
  let validate: ValidateFunction<T> | undefined
  return () => (validate ??= new Ajv({ strict: true, ...unchecked, ...options }).compile<T>(schema))
}

/** For an instance of Ajv: schemas are not held against the schema of schemas. */
export const unchecked: Options = { meta: false, validateSchema: false }

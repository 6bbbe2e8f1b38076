/** Fastify's compilers, at work when a schema is first used: for all routes at once they take half a second of a start. */
import ajvCompiler from '@fastify/ajv-compiler'
import serializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifySchemaControllerOptions } from 'fastify/types/schema.js'

/** That every schema compiles is for a test to check: a start no longer finds out. */
export function lazyCompilers(): NonNullable<FastifySchemaControllerOptions['compilersFactory']> {
  return { buildValidator: lazyValidators(), buildSerializer: lazySerializers() }
}

type Validators = ReturnType<typeof ajvCompiler>
type Serializers = ReturnType<typeof serializerSelector>

function lazyValidators(): Validators {
  const build = ajvCompiler()
  return (schemas, options) => {
    const compile = build(schemas, options)
    return (schema) => {
      let compiled: ReturnType<typeof compile> | undefined
      const validate = (value: unknown) => {
        compiled ??= compile(schema)
        const valid = compiled(value)
        // Where Fastify looks for what is wrong.
        validate.errors = compiled.errors
        return valid
      }
      validate.errors = undefined as ReturnType<typeof compile>['errors']
      return validate as ReturnType<typeof compile>
    }
  }
}

function lazySerializers(): Serializers {
  const build = serializerSelector()
  return (schemas, options) => {
    const compile = build(schemas, options)
    return (route) => {
      let serialize: ReturnType<typeof compile> | undefined
      return (document) => {
        serialize ??= compile(route)
        return serialize(document)
      }
    }
  }
}

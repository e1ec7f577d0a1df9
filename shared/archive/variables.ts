import { z } from 'zod';
import { integer } from '#shared/ground/config.ts';

/** Variables of services that keep history beyond Redis, or look for it there. */
export const archiveVariables = {
  ARCHIVE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional()
    .meta({
      description:
        'PostgreSQL database to which finished runs and audit rows move out of Redis (shared/archive/role.sql makes it); none when unset',
      secret: true,
      example: 'postgres://dragoman_archive:password@postgres:5432/dragoman_archive',
    }),
  ARCHIVE_AFTER_HOURS: integer(168, 1, 9_600).meta({
    description:
      'Hours after which runs that did not fail, and rows of the audit log, move to the archive; until then people can retry them, vote on them and reply to them',
  }),
};

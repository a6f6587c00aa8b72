// SPDX-License-Identifier: Apache-2.0
// The package as its users get it: packed, and installed into an empty project.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './collector.mjs';

/** Answers the folder of a project that has nothing but the package. */
export function installPackage() {
  const project = mkdtempSync(join(tmpdir(), 'omo-project-'));
  const npm = (...args) =>
    execFileSync('npm', [...args, '--loglevel=error'], {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const [{ filename }] = JSON.parse(npm('pack', root, '--json'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  npm('install', `./${filename}`, '--offline', '--no-audit', '--no-fund');
  return project;
}

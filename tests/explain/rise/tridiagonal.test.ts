import { Matrix, determinant, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Tridiagonal } from '../../../src/explain/rise/tridiagonal.js';
import { distance, dot, normals } from './scoring.js';

/** A random matrix `B^T B` of the given rank. */
function semidefinite(size: number, rank: number): Matrix {
  const draw = normals(size * 100 + rank);
  const factor = Matrix.zeros(rank, size);
  for (let i = 0; i < rank * size; i++) factor.set(Math.floor(i / size), i % size, draw(i));
  return factor.transpose().mmul(factor);
}

describe('a matrix made tridiagonal', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 1],
    [12, 12],
    [12, 5],
    [40, 0],
  ])('solves, weighs and measures like the matrix itself: size %i, rank %i', (size, rank) => {
    const matrix = semidefinite(size, rank);
    const v = Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1));
    const tridiagonal = new Tridiagonal(Float64Array.from(matrix.to1DArray()), size);
    for (const lambda of [0.3, 20]) {
      const shifted = Matrix.add(matrix, Matrix.eye(size).mul(lambda));
      const expected = solve(shifted, Matrix.columnVector(Array.from(v))).to1DArray();
      const solver = tridiagonal.shifted(lambda);
      const rotated = tridiagonal.rotate(v);
      // Condition numbers stay below 1e4: twelve digits are left of sixteen.
      expect(distance(tridiagonal.rotateBack(solver.solve(rotated)), expected)).toBeLessThan(1e-10);
      expect(solver.quadratic(rotated)).toBeCloseTo(dot(v, expected), 9);
      expect(solver.logDeterminant).toBeCloseTo(Math.log(determinant(shifted)), 8);
    }
  });

  it('rotates without stretching', () => {
    const tridiagonal = new Tridiagonal(Float64Array.from(semidefinite(9, 4).to1DArray()), 9);
    const v = Float64Array.from({ length: 9 }, (_, i) => i - 3);
    expect(distance(tridiagonal.rotateBack(tridiagonal.rotate(v)), v)).toBeLessThan(1e-12);
    const unit = new Float64Array(9);
    unit[4] = 1;
    expect(distance(tridiagonal.rotatedUnit(4), tridiagonal.rotate(unit))).toBeLessThan(1e-12);
  });
});

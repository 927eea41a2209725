;; Masked inputs: out = mask * difference (+ fill), for planar images, four pixels at a time.
;;
;; A mask row lies between two stretched rows of cells: m = low + (high - low) * weight. It is computed once
;; for all channels. Pointers are in bytes; `lower`, `upper` (int32) and `weight` (float32) hold one value a row.
(module
  (import "env" "memory" (memory 1))
  (func (export "mask")
    (param $height i32) (param $width i32) (param $rows i32)
    (param $lower i32) (param $upper i32) (param $weight i32)
    (param $difference i32) (param $fill i32)     ;; fill: 0 for none, else planes like difference
    (param $channels i32) (param $plane i32)      ;; bytes from one channel to the next in difference and fill
    (param $out i32) (param $outPlane i32) (param $outRow i32)
    (local $bytes i32) (local $even i32) (local $x i32) (local $c i32)
    (local $low i32) (local $high i32) (local $d i32) (local $f i32) (local $o i32)
    (local $w v128) (local $m v128) (local $ws f32) (local $ms f32)
    (local.set $bytes (i32.shl (local.get $width) (i32.const 2)))
    (local.set $even (i32.and (local.get $bytes) (i32.const -16)))
    (loop $eachRow
      (local.set $low (i32.add (local.get $rows) (i32.mul (i32.load (local.get $lower)) (local.get $bytes))))
      (local.set $high (i32.add (local.get $rows) (i32.mul (i32.load (local.get $upper)) (local.get $bytes))))
      (local.set $w (v128.load32_splat (local.get $weight)))
      (local.set $ws (f32.load (local.get $weight)))
      (local.set $x (i32.const 0))
      (block $noVectors
        (br_if $noVectors (i32.eqz (local.get $even)))
        (loop $eachFour
          (local.set $m (v128.load (i32.add (local.get $low) (local.get $x))))
          (local.set $m (f32x4.add (local.get $m) (f32x4.mul (local.get $w)
            (f32x4.sub (v128.load (i32.add (local.get $high) (local.get $x))) (local.get $m)))))
          (local.set $c (local.get $channels))
          (local.set $d (i32.add (local.get $difference) (local.get $x)))
          (local.set $f (i32.add (local.get $fill) (local.get $x)))
          (local.set $o (i32.add (local.get $out) (local.get $x)))
          (if (local.get $fill)
            (then
              (loop $eachFilledChannel
                (v128.store (local.get $o)
                  (f32x4.add (f32x4.mul (local.get $m) (v128.load (local.get $d))) (v128.load (local.get $f))))
                (local.set $d (i32.add (local.get $d) (local.get $plane)))
                (local.set $f (i32.add (local.get $f) (local.get $plane)))
                (local.set $o (i32.add (local.get $o) (local.get $outPlane)))
                (br_if $eachFilledChannel (local.tee $c (i32.sub (local.get $c) (i32.const 1))))))
            (else
              (loop $eachChannel
                (v128.store (local.get $o) (f32x4.mul (local.get $m) (v128.load (local.get $d))))
                (local.set $d (i32.add (local.get $d) (local.get $plane)))
                (local.set $o (i32.add (local.get $o) (local.get $outPlane)))
                (br_if $eachChannel (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))))
          (local.set $x (i32.add (local.get $x) (i32.const 16)))
          (br_if $eachFour (i32.lt_u (local.get $x) (local.get $even)))))
      (block $noRest
        (br_if $noRest (i32.ge_u (local.get $x) (local.get $bytes)))
        (loop $eachOne
          (local.set $ms (f32.load (i32.add (local.get $low) (local.get $x))))
          (local.set $ms (f32.add (local.get $ms) (f32.mul (local.get $ws)
            (f32.sub (f32.load (i32.add (local.get $high) (local.get $x))) (local.get $ms)))))
          (local.set $c (local.get $channels))
          (local.set $d (i32.add (local.get $difference) (local.get $x)))
          (local.set $f (i32.add (local.get $fill) (local.get $x)))
          (local.set $o (i32.add (local.get $out) (local.get $x)))
          (loop $eachSingleChannel
            (f32.store (local.get $o) (f32.mul (local.get $ms) (f32.load (local.get $d))))
            (if (local.get $fill)
              (then (f32.store (local.get $o) (f32.add (f32.load (local.get $o)) (f32.load (local.get $f))))))
            (local.set $d (i32.add (local.get $d) (local.get $plane)))
            (local.set $f (i32.add (local.get $f) (local.get $plane)))
            (local.set $o (i32.add (local.get $o) (local.get $outPlane)))
            (br_if $eachSingleChannel (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))
          (local.set $x (i32.add (local.get $x) (i32.const 4)))
          (br_if $eachOne (i32.lt_u (local.get $x) (local.get $bytes)))))
      (local.set $lower (i32.add (local.get $lower) (i32.const 4)))
      (local.set $upper (i32.add (local.get $upper) (i32.const 4)))
      (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
      (local.set $difference (i32.add (local.get $difference) (local.get $bytes)))
      (if (local.get $fill) (then (local.set $fill (i32.add (local.get $fill) (local.get $bytes)))))
      (local.set $out (i32.add (local.get $out) (local.get $outRow)))
      (br_if $eachRow (local.tee $height (i32.sub (local.get $height) (i32.const 1)))))))

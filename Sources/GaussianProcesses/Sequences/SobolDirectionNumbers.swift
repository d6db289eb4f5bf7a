// The polynomials and initial direction numbers of the first 64 dimensions.
//
// Numbers of the file new-joe-kuo-6.21201 (search criterion D(6)), in the form in which SciPy
// 1.17.1 ships them, scipy/stats/_sobol_direction_numbers.npz: a polynomial of degree s is the s +
// 1 bits of its coefficients, the first and the last of which are one. Source: S. Joe and F. Y.
// Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM Journal on
// Scientific Computing 30, 2008.

/// What the direction numbers of one dimension grow from.
struct SobolDirectionNumbers {
    /// The coefficients of a primitive polynomial over GF(2), the highest power first.
    let polynomial: UInt32
    /// The first direction numbers, as many as the polynomial's degree; number k is odd and below
    /// 2ᵏ.
    let initial: [UInt32]

    /// The second and all further dimensions; the first one has direction numbers of one.
    static let afterFirst: [SobolDirectionNumbers] = zip(polynomials, initials).map {
        SobolDirectionNumbers(polynomial: $0, initial: $1)
    }

    private static let polynomials: [UInt32] = [
        3, 7, 11, 13, 19, 25, 37, 41, 47, 55, 59, 61, 67, 91, 97, 103, 109, 115, 131, 137, 143,
        145, 157, 167, 171, 185, 191, 193, 203, 211, 213, 229, 239, 241, 247, 253, 285, 299, 301,
        333, 351, 355, 357, 361, 369, 391, 397, 425, 451, 463, 487, 501, 529, 539, 545, 557, 563,
        601, 607, 617, 623, 631, 637,
    ]

    private static let initials: [[UInt32]] = [
        [1],
        [1, 3],
        [1, 3, 1],
        [1, 1, 1],
        [1, 1, 3, 3],
        [1, 3, 5, 13],
        [1, 1, 5, 5, 17],
        [1, 1, 5, 5, 5],
        [1, 1, 7, 11, 19],
        [1, 1, 5, 1, 1],
        [1, 1, 1, 3, 11],
        [1, 3, 5, 5, 31],
        [1, 3, 3, 9, 7, 49],
        [1, 1, 1, 15, 21, 21],
        [1, 3, 1, 13, 27, 49],
        [1, 1, 1, 15, 7, 5],
        [1, 3, 1, 15, 13, 25],
        [1, 1, 5, 5, 19, 61],
        [1, 3, 7, 11, 23, 15, 103],
        [1, 3, 7, 13, 13, 15, 69],
        [1, 1, 3, 13, 7, 35, 63],
        [1, 3, 5, 9, 1, 25, 53],
        [1, 3, 1, 13, 9, 35, 107],
        [1, 3, 1, 5, 27, 61, 31],
        [1, 1, 5, 11, 19, 41, 61],
        [1, 3, 5, 3, 3, 13, 69],
        [1, 1, 7, 13, 1, 19, 1],
        [1, 3, 7, 5, 13, 19, 59],
        [1, 1, 3, 9, 25, 29, 41],
        [1, 3, 5, 13, 23, 1, 55],
        [1, 3, 7, 3, 13, 59, 17],
        [1, 3, 1, 3, 5, 53, 69],
        [1, 1, 5, 5, 23, 33, 13],
        [1, 1, 7, 7, 1, 61, 123],
        [1, 1, 7, 9, 13, 61, 49],
        [1, 3, 3, 5, 3, 55, 33],
        [1, 3, 1, 15, 31, 13, 49, 245],
        [1, 3, 5, 15, 31, 59, 63, 97],
        [1, 3, 1, 11, 11, 11, 77, 249],
        [1, 3, 1, 11, 27, 43, 71, 9],
        [1, 1, 7, 15, 21, 11, 81, 45],
        [1, 3, 7, 3, 25, 31, 65, 79],
        [1, 3, 1, 1, 19, 11, 3, 205],
        [1, 1, 5, 9, 19, 21, 29, 157],
        [1, 3, 7, 11, 1, 33, 89, 185],
        [1, 3, 3, 3, 15, 9, 79, 71],
        [1, 3, 7, 11, 15, 39, 119, 27],
        [1, 1, 3, 1, 11, 31, 97, 225],
        [1, 1, 1, 3, 23, 43, 57, 177],
        [1, 3, 7, 7, 17, 17, 37, 71],
        [1, 3, 1, 5, 27, 63, 123, 213],
        [1, 1, 3, 5, 11, 43, 53, 133],
        [1, 3, 5, 5, 29, 17, 47, 173, 479],
        [1, 3, 3, 11, 3, 1, 109, 9, 69],
        [1, 1, 1, 5, 17, 39, 23, 5, 343],
        [1, 3, 1, 5, 25, 15, 31, 103, 499],
        [1, 1, 1, 11, 11, 17, 63, 105, 183],
        [1, 1, 5, 11, 9, 29, 97, 231, 363],
        [1, 1, 5, 15, 19, 45, 41, 7, 383],
        [1, 3, 7, 7, 31, 19, 83, 137, 221],
        [1, 1, 1, 3, 23, 15, 111, 223, 83],
        [1, 1, 5, 13, 31, 15, 55, 25, 161],
        [1, 1, 3, 13, 25, 47, 39, 87, 257],
    ]
}

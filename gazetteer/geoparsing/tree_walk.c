/* Walks feature rows down regression trees: the one loop of the distribution that is worth compiling.
 *
 * gazetteer.geoparsing.trees has the same walk in NumPy, which serves where this module was not compiled; both give the
 * same leaves, and a test compares them. Only the stable part of Python's interface is used (from 3.11 on), so that one
 * compiled file serves all later versions.
 */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* A node asks for a feature; a row goes to children[1] where that is above the threshold, else to children[0].
 * The children of a leaf are the leaf itself. */
typedef struct {
    int32_t feature;
    float threshold;
    int32_t children[2];
} Node;

/* So many rows go down a tree side by side: the steps of one do not wait for those of another. */
#define ABREAST 8

static void walk(const Node *nodes, const float *rows, Py_ssize_t width, int abreast, int32_t root, int32_t steps,
                 int64_t *leaves, Py_ssize_t trees)
{
    int32_t at[ABREAST];
    for (int k = 0; k < ABREAST; k++)
        at[k] = root;
    for (int32_t step = 0; step < steps; step++)
        for (int k = 0; k < ABREAST; k++) {
            const Node *node = nodes + at[k];
            /* Where fewer rows are left, the last one goes down several times. */
            const float *row = rows + (k < abreast ? k : abreast - 1) * width;
            at[k] = node->children[row[node->feature] > node->threshold];
        }
    for (int k = 0; k < abreast; k++)
        leaves[k * trees] = at[k];
}

static const char leaves_doc[] =
    "leaves(nodes, roots, steps, rows, width, out)\n--\n\n"
    "Write the leaf that each row falls into in each tree to out, rows x trees.\n\n"
    "nodes are 16 bytes each, roots and steps int32 a tree, rows float32 with width columns, out int64.";

static PyObject *leaves(PyObject *Py_UNUSED(self), PyObject *args)
{
    Py_buffer nodes, roots, steps, rows, out;
    Py_ssize_t width;
    if (!PyArg_ParseTuple(args, "y*y*y*y*nw*", &nodes, &roots, &steps, &rows, &width, &out))
        return NULL;
    Py_ssize_t trees = roots.len / (Py_ssize_t)sizeof(int32_t);
    Py_ssize_t n = width > 0 ? rows.len / (width * (Py_ssize_t)sizeof(float)) : 0;
    int fits = steps.len == roots.len && out.len == n * trees * (Py_ssize_t)sizeof(int64_t);
    if (fits) {
        const int32_t *root = roots.buf, *depth = steps.buf;
        for (Py_ssize_t tree = 0; tree < trees; tree++)
            for (Py_ssize_t row = 0; row < n; row += ABREAST)
                walk(nodes.buf, (const float *)rows.buf + row * width, width,
                     n - row < ABREAST ? (int)(n - row) : ABREAST, root[tree], depth[tree],
                     (int64_t *)out.buf + row * trees + tree, trees);
    }
    PyBuffer_Release(&nodes);
    PyBuffer_Release(&roots);
    PyBuffer_Release(&steps);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&out);
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "leaves: expected a step count a tree and room for rows x trees leaves.");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {{"leaves", leaves, METH_VARARGS, leaves_doc}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "tree_walk", "Walks feature rows down regression trees.", 0,
                                    functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_tree_walk(void)
{
    return PyModule_Create(&module);
}

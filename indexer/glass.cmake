# The bulk index builder: standard Xapian 1.4 databases, written without Xapian.
set(glass_dir ${CMAKE_CURRENT_LIST_DIR})
add_library(glass STATIC
  ${glass_dir}/glass_bounds.c
  ${glass_dir}/glass_entry.c
  ${glass_dir}/glass_leaves.c
  ${glass_dir}/glass_list.c
  ${glass_dir}/glass_merge.c
  ${glass_dir}/glass_positions.c
  ${glass_dir}/glass_reader.c
  ${glass_dir}/glass_table.c
  ${glass_dir}/glass_version.c
  ${glass_dir}/glass_writer.c
  ${glass_dir}/invert.c
  ${glass_dir}/invert_batch.c
  ${glass_dir}/invert_chain.c
  ${glass_dir}/invert_finish.c
  ${glass_dir}/invert_merge.c
  ${glass_dir}/invert_run.c
  ${glass_dir}/invert_sort.c
  ${glass_dir}/invert_spill.c
)
target_link_libraries(glass PUBLIC base)
